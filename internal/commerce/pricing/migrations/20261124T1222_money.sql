-- +goose Up

-- Digits of a currency behind the point, as money.Digits knows them (CLDR); a test compares the two.
-- +goose StatementBegin
create function money_digits(currency text) returns integer language sql immutable parallel safe
return case
  when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF',
    'XOF', 'XPF') then 0
  when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
  when currency in ('CLF', 'UYW') then 4
  else 2
end;
-- +goose StatementEnd

-- What a quantity costs at so much per so many units: rounded once to the currency's digits, half of a coin up, exactly as
-- money.Price.Total does. div() is exact, so nothing is rounded on the way. Numbers must not be negative.
-- +goose StatementBegin
create function money_total(quantity numeric, amount numeric, per numeric, currency text) returns numeric
language sql immutable parallel safe
return round(div(2 * quantity * amount * ('1e' || money_digits(currency))::numeric + per, 2 * per)
  / ('1e' || money_digits(currency))::numeric, money_digits(currency));
-- +goose StatementEnd

-- +goose Down
drop function money_total(numeric, numeric, numeric, text);
drop function money_digits(text);
