package access

import (
	"maps"
	"slices"
)

// This file is what a review of removing or deactivating shows besides its
// members: what they own (OFF-6). The rest of the wizard is Plan: RemoveEmployee
// and DeactivateEmployee review one employee over all clients, RemoveEmployees
// and DeactivateEmployees one client; Plan.Obstacles are the last super admins,
// Plan.Relationships what begins to end, Plan.Only what is ticked, and Apply
// confirms.

// AssetCount says how many assets of one type there are.
type AssetCount struct {
	Type  string
	Count int
}

// Assets lists what is owned by those whom the change removes or deactivates,
// in order of place, type and id, each once. The list is the same each time: a
// screen shows it in pages by slicing it.
func (e Effects) Assets() []Asset {
	// Several changes in one may be about the same member.
	at := map[Place][]Asset{}
	for _, m := range e.Members {
		if len(m.Assets) > 0 {
			at[m.Place] = m.Assets
		}
	}
	var assets []Asset
	for _, place := range slices.SortedFunc(maps.Keys(at), comparePlaces) {
		assets = append(assets, at[place]...)
	}
	return assets
}

// AssetCounts counts what is owned by those whom the change removes or
// deactivates, in order of type.
func (e Effects) AssetCounts() []AssetCount { return countAssets(e.Assets()) }

// AssetCounts counts what this member owns, in order of type.
func (m MemberChange) AssetCounts() []AssetCount { return countAssets(m.Assets) }

func countAssets(assets []Asset) []AssetCount {
	byType := map[string]int{}
	for _, asset := range assets {
		byType[asset.Type]++
	}
	var counts []AssetCount
	for _, name := range slices.Sorted(maps.Keys(byType)) {
		counts = append(counts, AssetCount{name, byType[name]})
	}
	return counts
}
