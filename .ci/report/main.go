// Command report reads the events of go test -json, prints what a reader wants of them, and fails on a skip too.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, ImportPath, Output string
}

func main() {
	outputs := map[string][]string{}
	var passed, failed, broken int
	var skipped []string
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			fmt.Print(string(line)) // what go itself says
			continue
		}
		key := e.Package + " " + e.Test
		switch {
		case e.Action == "build-output":
			fmt.Print(e.Output)
		case e.Action == "output" && e.Test != "":
			outputs[key] = append(outputs[key], e.Output)
		case e.Action == "output": // of a package: its closing line, and what a program that died left behind
			if e.Output != "PASS\n" && e.Output != "FAIL\n" {
				fmt.Print(e.Output)
			}
		case e.Action == "fail" && e.Test != "":
			failed++
			fmt.Print(strings.Join(outputs[key], ""))
		case e.Action == "fail":
			broken++
			for name, said := range outputs { // of tests that ended with their program
				if strings.HasPrefix(name, e.Package+" ") {
					fmt.Print(strings.Join(said, ""))
				}
			}
		case e.Action == "skip" && e.Test != "":
			skipped = append(skipped, fmt.Sprintf("%s %s: %s", e.Package, e.Test, reason(outputs[key])))
		case e.Action == "pass" && e.Test != "":
			passed++
		}
		if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
			delete(outputs, key)
		}
	}
	for _, s := range skipped {
		fmt.Println("SKIPPED, which counts as failed here:", s)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, len(skipped))
	if failed+broken+len(skipped) > 0 || passed == 0 {
		os.Exit(1)
	}
}

// reason is the line of a skipped test's output that says why.
func reason(output []string) string {
	for _, line := range output {
		if !strings.HasPrefix(strings.TrimSpace(line), "--- ") && !strings.HasPrefix(line, "=== ") {
			return strings.TrimSpace(line)
		}
	}
	return "no reason given"
}
