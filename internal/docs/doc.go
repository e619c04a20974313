// Package docs holds what is written for people against the code: the programs
// in README.md and CONTRIBUTING.md compile, run, and print what the page says
// they print; the page of rules names every rule that the code names; links
// lead somewhere; the list of fuzz targets is complete. [BenchmarkMemory]
// prints the figures that README.md gives for memory.
//
// There is nothing but tests here.
package docs
