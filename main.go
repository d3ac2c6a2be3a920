// Relaytop is a terminal dashboard for people who send LLM traffic through an OpenAI-compatible relay.
package main

func main() {}
