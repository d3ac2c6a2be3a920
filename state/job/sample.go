package job

import _ "embed"

//go:embed sample.jsonl
var sample []byte
