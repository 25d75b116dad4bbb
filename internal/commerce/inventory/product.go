package inventory

import (
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// OnProducts shows at products what can be sold of them.
var OnProducts = resource.Extend("products",
	resource.NewComputed("available", catalog.Quantity("available"), availableSQL).Filtered().
		Doc("What can be sold, of stock counted in the base unit; null for a service, which needs no stock."),
	resource.NewComputed("stock", resource.List("stock", 1000, resource.Fields{
		resource.Text("warehouse").Required().Doc("Code of the warehouse."),
		resource.Text("unit").Required().Doc("Code of the unit that is counted in."),
		catalog.Quantity("available").Required().Doc("What can be sold."),
	}), stockSQL).Doc("What can be sold, by warehouse and unit."),
)

// Only stock in the base unit counts: Reserve takes pieces from pieces and opens no carton.
const availableSQL = `SELECT CASE WHEN {t}.kind <> 'service' THEN coalesce(sum(greatest(v.on_hand - v.reserved, 0)), 0) END
  FROM inventory_level v JOIN warehouse w ON w.id = v.warehouse_id AND w.status = 'enabled'
  WHERE v.product_id = {t}.id AND v.unit_id = {t}.unit_id`

const stockSQL = `SELECT coalesce(json_agg(json_build_object('warehouse', w.code, 'unit', u.code,
    'available', trim_scale(greatest(v.on_hand - v.reserved, 0))::text) ORDER BY w.priority DESC, w.code, u.code), '[]'::json)
  FROM inventory_level v JOIN warehouse w ON w.id = v.warehouse_id AND w.status = 'enabled' JOIN unit u ON u.id = v.unit_id
  WHERE v.product_id = {t}.id`
