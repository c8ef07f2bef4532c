// Looks at a folder of a log with the libraries of the Go project: golang.org/x/mod/sumdb/note and .../tlog.
//
//	referee FOLDER LOG-VKEY WITNESS-VKEY...
//
// The folder holds log/ (tlog-tiles), proofs/*.tlog-proof and consistency/*: hashes, a blank line, an older
// checkpoint. Says how much of each was sound, or on the error stream the first that is not, and ends with 1.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, width = 8, 256

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder, log string, witnesses []string) error {
	keys, err := keysOf(log, witnesses)
	if err != nil {
		return err
	}
	signed, err := os.ReadFile(filepath.Join(folder, "log", "checkpoint"))
	if err != nil {
		return err
	}
	tree, origin, signatures, err := opened(signed, keys)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if origin != keys.log.Name() || signatures != 1+len(witnesses) {
		return fmt.Errorf("checkpoint: %d signatures of %s", signatures, origin)
	}
	tiles := tlog.TileHashReader(tree, files(filepath.Join(folder, "log")))
	entries, err := entriesOf(filepath.Join(folder, "log"), tree, tiles)
	if err != nil {
		return err
	}
	fmt.Printf("signatures %d\nentries %d\n", signatures, len(entries))
	checks := map[string]func([]byte) error{
		"proofs":      func(raw []byte) error { return included(raw, tree, tiles, entries, signed) },
		"consistency": func(raw []byte) error { return consistent(raw, tree, tiles, keys) },
	}
	for _, kind := range []string{"proofs", "consistency"} {
		names, _ := filepath.Glob(filepath.Join(folder, kind, "*"))
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err == nil {
				err = checks[kind](raw)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(name), err)
			}
		}
		fmt.Printf("%s %d\n", kind, len(names))
	}
	return nil
}

// -- signatures ----------------------------------------------------------------------------------------------

type known struct {
	note.Verifiers
	log note.Verifier
}

func keysOf(log string, witnesses []string) (known, error) {
	key, err := note.NewVerifier(log)
	if err != nil {
		return known{}, err
	}
	all := []note.Verifier{key}
	for _, vkey := range witnesses {
		fields := strings.SplitN(vkey, "+", 3)
		raw, err := base64.StdEncoding.DecodeString(fields[2])
		if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != 4 {
			return known{}, fmt.Errorf("not the key of a witness: %s", vkey)
		}
		hash, err := strconv.ParseUint(fields[1], 16, 32)
		if err != nil {
			return known{}, err
		}
		all = append(all, witness{fields[0], uint32(hash), raw[1:]})
	}
	return known{note.VerifierList(all...), key}, nil
}

// A cosignature (C2SP tlog-cosignature v1): eight bytes of time, then Ed25519 over that time and the note.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seen := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(w.key, []byte(seen), signature[8:])
}

func opened(raw []byte, keys note.Verifiers) (tree tlog.Tree, origin string, signatures int, err error) {
	n, err := note.Open(raw, keys)
	if err != nil {
		return tree, "", 0, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 {
		return tree, "", 0, fmt.Errorf("%d lines", len(lines)-1)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err == nil {
		tree.Hash, err = tlog.ParseHash(lines[2])
	}
	return tree, lines[0], len(n.Sigs), err
}

// -- tiles and entries ---------------------------------------------------------------------------------------

type files string

func (files) Height() int                     { return height }
func (files) SaveTiles([]tlog.Tile, [][]byte) {}
func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for i, tile := range tiles { // Go writes tile/8/<level>/…, tlog-tiles leaves out the 8
		raw, err := os.ReadFile(filepath.Join(string(f), "tile", strings.TrimPrefix(tile.Path(), "tile/8/")))
		if err != nil {
			return nil, err
		}
		read[i] = raw
	}
	return read, nil
}

// Every entry, of which the hash is the one in its tile, which is proven to be in the tree.
func entriesOf(folder string, tree tlog.Tree, tiles tlog.HashReader) ([][]byte, error) {
	var all [][]byte
	for begin := int64(0); begin < tree.N; begin += width {
		tile := tlog.Tile{H: height, L: 0, N: begin / width, W: width}
		if tree.N-begin < width {
			tile.W = int(tree.N - begin)
		}
		name := "tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/")
		raw, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		var indexes []int64
		for ; len(raw) >= 2; indexes = append(indexes, tlog.StoredHashIndex(0, begin+int64(len(indexes)))) {
			end := 2 + int(binary.BigEndian.Uint16(raw))
			if end > len(raw) {
				return nil, fmt.Errorf("%s: cut short", name)
			}
			all, raw = append(all, raw[2:end]), raw[end:]
		}
		if len(indexes) != tile.W || len(raw) != 0 {
			return nil, fmt.Errorf("%s: %d entries", name, len(indexes))
		}
		hashes, err := tiles.ReadHashes(indexes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tile.Path(), err)
		}
		for i, hash := range hashes {
			if tlog.RecordHash(all[begin+int64(i)]) != hash {
				return nil, fmt.Errorf("record %d is not the one in its tile", begin+int64(i))
			}
		}
	}
	return all, nil
}

// -- proofs --------------------------------------------------------------------------------------------------

func hashes(lines []string) (found []tlog.Hash, err error) {
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

func included(raw []byte, tree tlog.Tree, tiles tlog.HashReader, entries [][]byte, signed []byte) error {
	head, checkpoint, _ := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(head, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" || !bytes.Equal([]byte(checkpoint), signed) {
		return fmt.Errorf("not a proof of this checkpoint")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof, err := hashes(lines[2:])
	if err != nil {
		return err
	}
	theirs, err := tlog.ProveRecord(tree.N, index, tiles)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(proof, []tlog.Hash(theirs)) {
		return fmt.Errorf("the proof of record %d is another one", index)
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entries[index]))
}

func consistent(raw []byte, tree tlog.Tree, tiles tlog.HashReader, keys known) error {
	head, checkpoint, _ := strings.Cut(string(raw), "\n\n")
	old, _, _, err := opened([]byte(checkpoint), keys)
	if err != nil {
		return err
	}
	proof, err := hashes(strings.Split(head, "\n"))
	if err != nil {
		return err
	}
	theirs, err := tlog.ProveTree(tree.N, old.N, tiles)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(proof, []tlog.Hash(theirs)) {
		return fmt.Errorf("the proof from size %d is another one", old.N)
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}
