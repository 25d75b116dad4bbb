package hanse

import (
	"fmt"
	"io"
	"strings"
)

// pgbench is a script for pgbench -M prepared that sends statements as the server does: in one pipeline, with parameters.
type pgbench struct {
	flags      []string // that set the script's variables
	statements []string
	variables  int
}

func (p *pgbench) write(w io.Writer) error {
	_, err := fmt.Fprintf(w, "\\startpipeline\n%s;\n\\endpipeline\n", strings.Join(p.statements, ";\n"))
	return err
}

// add writes a statement's parameters as variables of pgbench. One that is null stays undefined, which means the same; an
// empty one, which pgbench refuses, is written in place.
func (p *pgbench) add(sql string, parameters []any) error {
	names := make([]string, len(parameters))
	for i, value := range parameters {
		p.variables++
		name := fmt.Sprintf("v%d", p.variables)
		names[i] = ":" + name
		if value == nil {
			continue
		}
		text, err := variable(value)
		if err != nil {
			return err
		}
		if text == "" {
			names[i] = "''"
			continue
		}
		p.flags = append(p.flags, "-D "+name+"='"+strings.ReplaceAll(text, "'", `'\''`)+"'")
	}
	p.statements = append(p.statements, withVariables(sql, names))
	return nil
}

// withVariables puts variables in the place of $1, $2, …. pgbench looks for variables within literals too, so colons there
// are written as escapes, which mean the same to PostgreSQL.
func withVariables(sql string, names []string) string {
	var out strings.Builder
	for i := 0; i < len(sql); {
		end := i + 1
		switch c := sql[i]; {
		case c == '\'' || c == '"':
			end = i + quoted(sql[i:])
			out.WriteString(colonless(sql[i:end]))
		case c == '$' && end < len(sql) && digit(sql[end]):
			n := 0
			for ; end < len(sql) && digit(sql[end]); end++ {
				n = n*10 + int(sql[end]-'0')
			}
			out.WriteString(names[n-1])
			if end < len(sql) && sql[end] == ':' {
				out.WriteByte(' ') // a cast, which would look like a part of the name
			}
		case c == '\n' || c == '\t':
			out.WriteByte(' ')
		default:
			out.WriteByte(c)
		}
		i = end
	}
	return out.String()
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// quoted is the length of the literal or quoted name at the start of text; a doubled quote stands for itself.
func quoted(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] != text[0] {
			continue
		}
		if i+1 == len(text) || text[i+1] != text[0] {
			return i + 1
		}
		i++
	}
	return len(text)
}

func colonless(literal string) string {
	if literal[0] != '\'' || !strings.Contains(literal, ":") {
		return literal
	}
	return "U&" + strings.NewReplacer(`\`, `\\`, ":", `\003A`).Replace(literal)
}

// variable is a parameter as PostgreSQL reads it.
func variable(a any) (string, error) {
	switch v := a.(type) {
	case string:
		return v, nil
	case []string:
		elements := make([]string, len(v))
		for i, s := range v {
			elements[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
		}
		return "{" + strings.Join(elements, ",") + "}", nil
	case int64, int, bool:
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("a parameter of type %T cannot be written into a script", a)
}
