module example.test/sample/nested

go 1.26.0
