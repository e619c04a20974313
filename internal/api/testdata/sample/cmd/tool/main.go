package main

func Never() {}

func main() {}
