package input

// Columns are the names of what Fields returns: the header of a CSV or TSV, else the prompt alone.
func (f *Format) Columns() []string {
	if f.Kind == CSV || f.Kind == TSV {
		return f.Header
	}
	return []string{"prompt"}
}

// Fields are what a row has in the columns of its input; nil if it can't be read.
func (f *Format) Fields(data []byte) []string {
	if f.Kind == CSV || f.Kind == TSV {
		fields, err := csvFields(data, f.Comma)
		if err != nil {
			return nil
		}
		return fields
	}
	row := f.Parse(data)
	return []string{row.Prompt()}
}
