package stripesim

import "maps"

// mostKeys is how many keys the metadata of an object may have (docs.stripe.com/api/metadata).
const mostKeys = 50

// merged is an object's metadata with that of a request: an empty value takes the key away. What would be too much in all is
// refused.
func merged(had, given map[string]string) (map[string]string, *fault) {
	all := maps.Clone(had)
	if all == nil {
		all = map[string]string{}
	}
	for key, value := range given {
		if all[key] = value; value == "" {
			delete(all, key)
		}
	}
	if len(all) > mostKeys {
		return nil, invalid("", "metadata", "Metadata can have up to %d keys; with these the object would have %d.", mostKeys, len(all))
	}
	return all, nil
}
