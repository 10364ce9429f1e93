module node/probe

go 1.24
