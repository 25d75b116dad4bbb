// Package storefront is the shop that buyers see: catalogue, cart, checkout and orders as HTML pages.
package storefront
