package scrape

import _ "embed"

// Grafana is a dashboard for Grafana, as JSON to import.
//
//go:embed grafana.json
var Grafana []byte
