package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/intake"
	"github.com/huiyin/huiyin/internal/office"
)

// ImportCommand brings in what stands in files.
type ImportCommand struct {
	Units            ImportUnits            `cmd:"" help:"Import units: code, name, level, kind, parent_code, organ; or an official list of codes and names."`
	Responsibilities ImportResponsibilities `cmd:"" help:"Import the responsibility list: category_code, area_code, unit_code, note."`
	Categories       ImportCategories       `cmd:"" help:"Import the subject tree: code, name, parent; or the names of three levels."`
	Messages         ImportMessages         `cmd:"" help:"Import messages, with their replies where they have any, as history."`
}

// ImportUnits imports units.
type ImportUnits struct {
	File   string `arg:"" type:"existingfile" help:"A CSV file."`
	Parent string `help:"Code of the unit under which units are put whose own superior is unknown."`
}

// Run imports the whole file or, where any row is wrong, nothing of it.
func (i ImportUnits) Run(ctx context.Context, c *config.Common, std *IO) error {
	return importList(ctx, c, std, i.File, func(a *App, file io.Reader) (office.Report, error) {
		return a.Office.ImportUnits(ctx, grievance.System, file, office.UnitImport{Parent: i.Parent})
	})
}

// ImportResponsibilities imports the responsibility list.
type ImportResponsibilities struct {
	File string `arg:"" type:"existingfile" help:"A CSV file."`
}

// Run imports the whole file or, where any row is wrong, nothing of it.
func (i ImportResponsibilities) Run(ctx context.Context, c *config.Common, std *IO) error {
	return importList(ctx, c, std, i.File, func(a *App, file io.Reader) (office.Report, error) {
		return a.Office.ImportResponsibilities(ctx, grievance.System, file)
	})
}

// ImportCategories imports the subject tree.
type ImportCategories struct {
	File string `arg:"" type:"existingfile" help:"A CSV file."`
}

// Run imports the whole file or, where any row is wrong, nothing of it.
func (i ImportCategories) Run(ctx context.Context, c *config.Common, std *IO) error {
	return importList(ctx, c, std, i.File, func(a *App, file io.Reader) (office.Report, error) {
		return a.Office.ImportCategories(ctx, grievance.System, file)
	})
}

func importList(ctx context.Context, c *config.Common, std *IO, path string, load func(*App, io.Reader) (office.Report, error)) error {
	return with(ctx, c, std, true, func(a *App) error {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		report, err := load(a, file)
		if err = errors.Join(err, file.Close()); err != nil && len(report.Errors) == 0 {
			return err
		}
		return tellList(std, report)
	})
}

func tellList(std *IO, r office.Report) error {
	for _, e := range r.Errors {
		_, _ = fmt.Fprintf(std.Out, "line %d  %s (%s)\n", e.Line, e.Message, e.Code)
	}
	_, err := fmt.Fprintf(std.Out, "read %d, created %d, changed %d, unchanged %d, refused %d\n",
		r.Rows, r.Created, r.Changed, r.Unchanged, len(r.Errors))
	if len(r.Errors) > 0 {
		_, _ = fmt.Fprintln(std.Out, "nothing was imported: a file with wrong rows is refused whole")
		return errors.Join(err, ErrPartial)
	}
	return err
}

// ImportMessages imports messages as history.
type ImportMessages struct {
	File       string `arg:"" type:"existingfile" help:"A CSV file with 留言编号, 留言主题, 留言时间, 留言详情, and if known 留言用户, 答复意见, 答复时间, 一级标签."`
	Unit       string `required:"" help:"Code of the unit whose desk receives the messages."`
	Categories string `type:"existingfile" help:"A CSV file of the subject tree that 一级标签 names; imported first."`
	Source     string `default:"messages" help:"Name of the system that the messages come from: its numbers are known again."`
	Profile    string `default:"township" enum:"petition,petition_simple,hotline,township,wall" help:"The profile whose clocks judge them: ${enum}."`
}

// Run imports what is not known yet, a batch at a time, and tells what became
// of each row. Stopped in the middle, it goes on when it is run again.
func (i ImportMessages) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, true, func(a *App) error {
		unit, categories, err := i.prepare(ctx, a)
		if err != nil {
			return err
		}
		file, err := os.Open(i.File)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		bar := newProgress(std.Err, "messages")
		report, err := intake.Importer{
			Desk: a.Desk, Unit: unit, Source: i.Source, Profile: i.Profile, Categories: categories,
			Progress: func(rows int) { bar.show(rows, 0) },
		}.Run(ctx, file)
		bar.end()
		if told := tellMessages(std, report); err == nil {
			err = told // a failure counts for more than rows that were refused
		}
		return err
	})
}

// prepare finds the unit, and the codes of the first level's categories.
func (i ImportMessages) prepare(ctx context.Context, a *App) (grievance.UnitID, map[string]string, error) {
	if i.Categories != "" {
		if err := addCategories(ctx, a, i.Categories); err != nil {
			return grievance.UnitID{}, nil, fmt.Errorf("--categories: %w", err)
		}
	}
	book, err := a.Office.Book(ctx)
	if err != nil {
		return grievance.UnitID{}, nil, err
	}
	unit := book.UnitByCode(i.Unit)
	if unit == nil {
		return grievance.UnitID{}, nil, fmt.Errorf("--unit: no unit has the code %q", i.Unit)
	}
	return unit.ID, intake.FirstLevel(book.Categories()), nil
}

// addCategories imports a subject tree, unless one of its codes means something
// else here: to rename a category under cases that have it would change them.
func addCategories(ctx context.Context, a *App, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	list, _, err := office.ReadCategories(bytes.NewReader(content))
	if err != nil {
		return err
	}
	book, err := a.Office.Book(ctx)
	if err != nil {
		return err
	}
	for _, x := range list {
		if old, ok := book.Category(x.Code); ok && old.Name != x.Name {
			return fmt.Errorf("code %s is %q here and %q in the file: give the file's categories other codes, or leave --categories out", x.Code, old.Name, x.Name)
		}
	}
	_, err = a.Office.ImportCategories(ctx, grievance.System, bytes.NewReader(content))
	return err
}

func tellMessages(std *IO, r intake.Report) error {
	for _, f := range r.Refusals {
		_, _ = fmt.Fprintln(std.Out, "refused  ", f.Error())
	}
	for _, f := range r.Remarks {
		_, _ = fmt.Fprintln(std.Out, "remark   ", f.Error())
	}
	_, err := fmt.Fprintf(std.Out, "read %d, imported %d, known %d, refused %d\n", r.Read, r.Imported, r.Known, r.Refused)
	if r.Refused > 0 {
		return errors.Join(err, ErrPartial)
	}
	return err
}
