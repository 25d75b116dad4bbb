package catalog

// seedUnit is a unit that every organization starts with.
type seedUnit struct {
	code      string
	precision int
	en, de    string
	aliases   string // codes of SAP, ANSI X12 and everyday files that mean it
}

// seedUnits are the common ones of UN/ECE Recommendation 20 and, with an X before the code, of packages in Recommendation
// 21. Precision is what trade is used to; a product's unit can say otherwise.
var seedUnits = []seedUnit{
	{"C62", 0, "piece", "Stück", "PCE ST EA H87 PC PCS STK STCK UN"},
	{"PR", 0, "pair", "Paar", "PAA PAIR"},
	{"SET", 0, "set", "Satz", "SATZ"},
	{"DZN", 0, "dozen", "Dutzend", "DZ DZD"},
	{"CEN", 0, "hundred", "Hundert", "HUN"},
	{"MIL", 0, "thousand", "Tausend", "TS TH"},

	{"XPK", 0, "package", "Packung", "PAK PK PAC"},
	{"XPA", 0, "packet", "Päckchen", "PKT"},
	{"XCT", 0, "carton", "Karton", "KAR CT CAR CTN"},
	{"XBX", 0, "box", "Kiste", "BX BOX"},
	{"XCS", 0, "case", "Kasten", "CS CA CASE"},
	{"XCR", 0, "crate", "Steige", "CRT KI"},
	{"XPX", 0, "pallet", "Palette", "PAL PLT"},
	{"XPU", 0, "tray", "Tablett", "TRY TRAY"},
	{"XBE", 0, "bundle", "Bündel", "BDL BE BUN"},
	{"XBG", 0, "bag", "Beutel", "BG BAG BEU"},
	{"XSA", 0, "sack", "Sack", "SAK SCK"},
	{"XSH", 0, "sachet", "Portionsbeutel", ""},
	{"XRO", 0, "roll", "Rolle", "ROL RO RL"},
	{"XST", 0, "sheet", "Bogen", "BOG SHT"},
	{"XBO", 0, "bottle", "Flasche", "BOT BO FLA BT"},
	{"XCX", 0, "can", "Dose", "CAN DOS CN"},
	{"XJR", 0, "jar", "Glas", "JAR JR GLA"},
	{"XTN", 0, "tin", "Büchse", "TIN"},
	{"XTU", 0, "tube", "Tube", "TUB TU"},
	{"XBJ", 0, "bucket", "Eimer", "EIM BKT"},
	{"XDR", 0, "drum", "Trommel", "DRM DR"},
	{"XBA", 0, "barrel", "Fass", "FAS BBL"},
	{"XCY", 0, "cylinder", "Zylinder", "CYL"},
	{"XBK", 0, "basket", "Korb", "BSK"},

	{"MTR", 3, "metre", "Meter", "M MR"},
	{"KMT", 3, "kilometre", "Kilometer", "KM"},
	{"CMT", 1, "centimetre", "Zentimeter", "CM"},
	{"MMT", 1, "millimetre", "Millimeter", "MM"},
	{"INH", 2, "inch", "Zoll", "IN"},
	{"FOT", 2, "foot", "Fuß", "FT LF"},
	{"YRD", 2, "yard", "Yard", "YD"},
	{"MTK", 3, "square metre", "Quadratmeter", "M2 QM SM"},
	{"CMK", 2, "square centimetre", "Quadratzentimeter", "CM2"},
	{"FTK", 2, "square foot", "Quadratfuß", "FT2 SF"},
	{"MTQ", 3, "cubic metre", "Kubikmeter", "M3 CBM"},

	{"LTR", 3, "litre", "Liter", "L LT"},
	{"HLT", 3, "hectolitre", "Hektoliter", "HL"},
	{"CLT", 1, "centilitre", "Zentiliter", "CL"},
	{"MLT", 1, "millilitre", "Milliliter", "ML"},
	{"GLL", 3, "gallon", "Gallone", "GAL GA"},
	{"PT", 2, "pint", "Pint", ""},

	{"KGM", 3, "kilogram", "Kilogramm", "KG"},
	{"GRM", 1, "gram", "Gramm", "G GR"},
	{"MGM", 1, "milligram", "Milligramm", "MG"},
	{"TNE", 3, "tonne", "Tonne", "TO T MTON"},
	{"LBR", 3, "pound", "Pfund", "LB LBS"},
	{"ONZ", 3, "ounce", "Unze", "OZ"},

	{"SEC", 0, "second", "Sekunde", "S SEK"},
	{"MIN", 0, "minute", "Minute", "MNT"},
	{"HUR", 2, "hour", "Stunde", "H HR STD"},
	{"DAY", 2, "day", "Tag", "TAG DA"},
	{"WEE", 0, "week", "Woche", "WCH WK"},
	{"MON", 0, "month", "Monat", "MO"},
	{"ANN", 0, "year", "Jahr", "YR JHR"},

	{"KWH", 3, "kilowatt hour", "Kilowattstunde", "KH"},
	{"KWT", 3, "kilowatt", "Kilowatt", "KW"},
	{"E48", 0, "service unit", "Leistungseinheit", "LE AU"},
	{"LS", 0, "lump sum", "Pauschale", "PAU"},
}
