package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"
)

const (
	// lockWait is how long a transaction waits for a free connection and to
	// begin, before it is told that the store is busy: a little less than the
	// five seconds that the databases themselves wait for a lock, so that what
	// ends there has ended here.
	lockWait = 4900 * time.Millisecond
	// commitWait is how long the answer to a COMMIT is waited for.
	commitWait = 30 * time.Second
)

// transaction is one attempt of one transaction on a connection of its own. The
// end of ctx stops its statements, but never a COMMIT that was sent: its outcome
// would be unknown.
type transaction struct {
	ctx    context.Context
	conn   *sql.Conn
	tx     *sql.Tx
	cancel context.CancelFunc // of the context that the driver commits under
	over   bool
}

func (p *pool) transact(ctx context.Context, fn func(*gorm.DB) error) error {
	t, err := p.start(ctx)
	if err != nil {
		return err
	}
	defer t.end()
	if err := fn(p.over(ctx, t)); err != nil {
		return err
	}
	return t.commit()
}

// start waits at most lockWait for a connection and for the lock that a writing
// transaction of SQLite begins with.
func (p *pool) start(ctx context.Context) (*transaction, error) {
	patience, stop := context.WithTimeout(ctx, lockWait)
	defer stop()
	t := &transaction{ctx: ctx}
	if err := t.begin(patience, p); err != nil {
		t.end()
		err = hide(err)
		if patience.Err() != nil && ctx.Err() == nil {
			return nil, fmt.Errorf("%w: beginning a transaction: %w", ErrBusy, err)
		}
		return nil, fmt.Errorf("beginning a transaction: %w", err)
	}
	return t, nil
}

func (t *transaction) begin(patience context.Context, p *pool) (err error) {
	if t.conn, err = p.sql.Conn(patience); err != nil {
		return err
	}
	detached, cancel := context.WithCancel(context.WithoutCancel(t.ctx))
	t.cancel = cancel
	if err := record(t.ctx, "BEGIN"); err != nil {
		return err
	}
	unhook := context.AfterFunc(patience, cancel)
	t.tx, err = t.conn.BeginTx(detached, &p.begin)
	if !unhook() && err == nil {
		return patience.Err()
	}
	return err
}

// commit makes the transaction durable. An answer that was lost on the way is
// ErrUnknownOutcome.
func (t *transaction) commit() error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	if err := record(t.ctx, "COMMIT"); err != nil {
		return outcome(err)
	}
	limit, stop := context.WithTimeout(context.Background(), commitWait)
	defer stop()
	defer context.AfterFunc(limit, t.cancel)()
	t.over = true
	return outcome(t.tx.Commit())
}

// end rolls back what was not committed and gives the connection back.
func (t *transaction) end() {
	if t.tx != nil && !t.over {
		_ = record(t.ctx, "ROLLBACK")
		_ = t.tx.Rollback() // a failure closes the connection, which rolls back as well
	}
	if t.cancel != nil {
		t.cancel()
	}
	if t.conn != nil {
		_ = t.conn.Close()
	}
}
