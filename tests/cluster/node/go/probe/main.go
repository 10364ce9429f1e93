// Command probe is the content of the node's own images: the pause container of every pod, and the pods of the tests.
//
// Without arguments it holds a pod's namespaces and reaps what is left to it. The other words do one small thing each.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const usage = `probe                       hold until told to end, reaping children
probe say WORDS…            print, and end
probe exit CODE [WORDS…]    print, and end with the code
probe sleep SECONDS
probe allocate MIB          touch so much memory, then hold
probe serve ADDRESS [BODY]  answer every HTTP request
probe get URL [SECONDS]     print the answer, trying again until the time is over (30)
probe resolve NAME [SECONDS]
probe write PATH WORDS…
probe read PATH`

func main() {
	if len(os.Args) < 2 || strings.HasSuffix(os.Args[0], "pause") {
		hold()
		return
	}
	if err := run(os.Args[1], append(os.Args[2:], "", "")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(word string, rest []string) error {
	given := rest[:len(rest)-2]
	switch word {
	case "say":
		fmt.Println(strings.Join(given, " "))
	case "exit":
		code, err := strconv.Atoi(rest[0])
		if err != nil {
			return err
		}
		fmt.Println(strings.Join(given[1:], " "))
		os.Exit(code)
	case "sleep":
		seconds, err := strconv.ParseFloat(rest[0], 64)
		if err != nil {
			return err
		}
		time.Sleep(time.Duration(seconds * float64(time.Second)))
	case "allocate":
		return allocate(rest[0])
	case "serve":
		return http.ListenAndServe(rest[0], http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintln(w, rest[1])
		}))
	case "get":
		return until(rest[1], func() error { return get(rest[0]) })
	case "resolve":
		return until(rest[1], func() error {
			addresses, err := net.LookupHost(rest[0])
			if err == nil {
				fmt.Println(strings.Join(addresses, " "))
			}
			return err
		})
	case "write":
		return os.WriteFile(rest[0], []byte(strings.Join(given[1:], " ")), 0o644)
	case "read":
		content, err := os.ReadFile(rest[0])
		fmt.Println(string(content))
		return err
	default:
		return fmt.Errorf("%s", usage)
	}
	return nil
}

func allocate(mebibytes string) error {
	number, err := strconv.Atoi(mebibytes)
	if err != nil {
		return err
	}
	memory := make([]byte, number<<20)
	for place := 0; place < len(memory); place += 4096 {
		memory[place] = 1
	}
	fmt.Println("allocated", len(memory)>>20, "MiB")
	hold()
	return nil
}

func get(url string) error {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode, strings.TrimSpace(string(body)))
	return err
}

func until(seconds string, try func() error) error {
	limit, err := strconv.Atoi(seconds)
	if err != nil {
		limit = 30
	}
	for end := time.Now().Add(time.Duration(limit) * time.Second); ; time.Sleep(300 * time.Millisecond) {
		if err := try(); err == nil || time.Now().After(end) {
			return err
		}
	}
}

// hold waits for a signal to end; as the first process of a namespace it reaps the orphans.
func hold() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for {
			if pid, _ := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 {
				break
			}
		}
	}
}
