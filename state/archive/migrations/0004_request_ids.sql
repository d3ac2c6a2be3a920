-- The inspector looks for one request of any age.
CREATE INDEX IF NOT EXISTS requests_by_id ON requests (id);
