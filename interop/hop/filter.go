package hop

import "go.opentelemetry.io/collector/pdata/pprofile"

// Filter takes the first sample out of each Profile, as a filter processor may.
func Filter(payload []byte) ([]byte, error) {
	profiles, err := unmarshal(payload)
	if err != nil {
		return nil, err
	}
	for _, resource := range profiles.ResourceProfiles().All() {
		for _, scope := range resource.ScopeProfiles().All() {
			for _, profile := range scope.Profiles().All() {
				first := true
				profile.Samples().RemoveIf(func(pprofile.Sample) bool {
					defer func() { first = false }()
					return first
				})
			}
		}
	}
	return marshal(profiles)
}
