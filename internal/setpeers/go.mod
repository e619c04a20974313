// The comparison of package permset with other libraries, in a module of its own so that the go.mod of the library does not name them.

module github.com/clientaccess/clientaccess/internal/setpeers

go 1.26.0

require (
	github.com/RoaringBitmap/roaring/v2 v2.30.0
	github.com/bits-and-blooms/bitset v1.29.0
	github.com/clientaccess/clientaccess v0.0.0
	github.com/google/go-cmp v0.7.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/mschoch/smat v0.2.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/clientaccess/clientaccess => ../..
