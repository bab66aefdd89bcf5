package intake

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// DefaultSource names the system that messages come from, unless the operator
// names another.
const DefaultSource = "messages"

const defaultBatch = 100

// Importer brings messages in as history: with their replies as text and their
// late clocks judged. It may be run again on the same file, or on a longer one:
// a message that is known by source and number is left as it is.
type Importer struct {
	Desk       *casework.Desk
	Unit       grievance.UnitID  // whose desk receives them
	Source     string            // DefaultSource if empty
	Profile    string            // township if empty
	Categories map[string]string // codes of the categories of the first level by name
	Batch      int               // messages in one transaction, 100 if 0
	Progress   func(rows int)    // told after each batch, if set
}

// Report is what an import did: Read = Imported + Known + Refused. A remark is
// about a row that was imported or known, but not with all that it says.
type Report struct {
	Read     int
	Imported int
	Known    int
	Refused  int
	Refusals []Refusal
	Remarks  []Refusal
}

func (r *Report) refuse(f Refusal) {
	r.Refused++
	r.Refusals = append(r.Refusals, f)
}

// Run imports a file. An error ends it between two batches: what the report
// counts as imported is in the database, and the next run goes on from there.
func (im Importer) Run(ctx context.Context, file io.Reader) (Report, error) {
	im = im.withDefaults()
	var report Report
	if err := checkProfile(im.Profile); err != nil {
		return report, err
	}
	messages, err := ReadMessages(file)
	if err != nil {
		return report, err
	}
	for more := true; more; {
		var batch []Message
		if batch, more, err = nextBatch(messages, im.Batch, &report); err != nil {
			return report, fmt.Errorf("reading the file: %w", err)
		}
		if err := im.bring(ctx, batch, &report); err != nil {
			return report, fmt.Errorf("importing %s: %w", lines(batch), err)
		}
		if im.Progress != nil {
			im.Progress(report.Read)
		}
	}
	return report, nil
}

func (im Importer) withDefaults() Importer {
	if im.Source == "" {
		im.Source = DefaultSource
	}
	if im.Profile == "" {
		im.Profile = grievance.ProfileTownship
	}
	if im.Batch <= 0 {
		im.Batch = defaultBatch
	}
	return im
}

func lines(batch []Message) string {
	if len(batch) == 0 {
		return "nothing"
	}
	return fmt.Sprintf("lines %d to %d", batch[0].Line, batch[len(batch)-1].Line)
}

// nextBatch reads up to n good rows, and reports those between that are not.
func nextBatch(messages *Messages, n int, report *Report) (batch []Message, more bool, err error) {
	for len(batch) < n {
		m, err := messages.Next()
		if errors.Is(err, io.EOF) {
			return batch, false, nil
		}
		bad, isBad := errors.AsType[*Refusal](err)
		if err != nil && !isBad {
			return batch, false, err
		}
		report.Read++
		if isBad {
			report.refuse(*bad)
			continue
		}
		batch = append(batch, m)
	}
	return batch, true, nil
}

// bring imports one batch in one transaction, and then reports each of its rows.
// Rows that are read but not brought in are taken out of the count again.
func (im Importer) bring(ctx context.Context, batch []Message, report *Report) error {
	if len(batch) == 0 {
		return nil
	}
	list := make([]casework.Imported, len(batch))
	for i, m := range batch {
		list[i] = im.imported(m)
	}
	results, err := im.Desk.Import(ctx, list)
	if err != nil {
		report.Read -= len(batch)
		return err
	}
	for i, m := range batch {
		switch {
		case errors.Is(results[i], casework.ErrKnown):
			report.Known++
		case results[i] != nil:
			report.refuse(refused(m, results[i]))
		default:
			report.Imported++
			report.remark(m, list[i].Registration.Category)
		}
	}
	return nil
}

func (im Importer) imported(m Message) casework.Imported {
	in := m.registration(im.Profile, im.Source)
	in.Unit, in.Category = im.Unit, im.Categories[m.Label]
	return casework.Imported{Registration: in, History: grievance.History{Reply: m.Reply, RepliedAt: m.RepliedAt}}
}

func (r *Report) remark(m Message, category string) {
	if m.Label != "" && category == "" {
		r.Remarks = append(r.Remarks, Refusal{
			Line: m.Line, ID: m.ID, Code: "label.unknown", Message: fmt.Sprintf("没有名为“%s”的一级类别，已按未分类导入", m.Label),
		})
	}
}

// FirstLevel gives the codes of the categories of the first level by name, for
// Importer.Categories. Of two with one name the smaller code counts.
func FirstLevel(list []grievance.Category) map[string]string {
	codes := map[string]string{}
	for _, c := range list {
		known, ok := codes[c.Name]
		if c.Parent == "" && (!ok || c.Code < known) {
			codes[c.Name] = c.Code
		}
	}
	return codes
}
