package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// noteUsers queues what notes of whom a commit has data.
func (s *script) noteUsers(commit storage.Commit) {
	noted := map[relationship.UserID]bool{}
	var users []relationship.UserID
	for _, event := range commit.Events {
		for _, line := range event.Lines {
			for _, record := range []relationship.Record{line.Before, line.After} {
				if user, is := record.(relationship.User); is && !user.Erased() && !noted[user.ID] {
					noted[user.ID] = true
					users = append(users, user.ID)
				}
			}
		}
	}
	if len(users) > 0 {
		s.queue("INSERT INTO clientaccess.log_users (user_id, rev)"+
			" SELECT user_id, $2::bigint FROM unnest($1::text::text[]) AS sent (user_id)",
			idArray(users), int64(commit.Revision))
	}
}

func idArray(users []relationship.UserID) string {
	return array(users, func(b []byte, id *relationship.UserID) []byte { return appendText(b, string(*id)) })
}

// eraseFromLog takes the data of users out of every commit that the log has
// (ORG-5). Only the commits that have such data are read, and written anew.
func (t *turn) eraseFromLog(ctx context.Context, users []relationship.UserID) error {
	if len(users) == 0 {
		return nil
	}
	ids := idArray(users)
	for after, done := storage.Revision(0), false; !done; {
		var commits []storage.Commit
		err := t.send(ctx, func(s *script) {
			s.queue("SELECT rev, body FROM clientaccess.log WHERE rev IN ("+
				"SELECT rev FROM clientaccess.log_users WHERE rev > $1::bigint AND user_id IN (SELECT unnest($2::text::text[]))"+
				" GROUP BY rev ORDER BY rev LIMIT $3::bigint) ORDER BY rev", int64(after), ids, int64(pageCommits)).
				Query(func(rows pgx.Rows) (err error) {
					commits, err = readBodies(rows)
					return err
				})
		})
		if err != nil {
			return err
		}
		s := t.script()
		for _, commit := range commits {
			commit, _ = commit.Without(users...)
			body, err := storage.AppendCommit(nil, commit)
			if err != nil {
				return err
			}
			s.queue("UPDATE clientaccess.log SET body = $2::bytea WHERE rev = $1::bigint", int64(commit.Revision), body)
			after = commit.Revision
		}
		if done = len(commits) < pageCommits; done {
			s.queue("DELETE FROM clientaccess.log_users WHERE user_id IN (SELECT unnest($1::text::text[]))", ids)
		}
		if err := t.run(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func readBodies(rows pgx.Rows) ([]storage.Commit, error) {
	var commits []storage.Commit
	for rows.Next() {
		var revision storage.Revision
		var body []byte
		if err := rows.Scan(&revision, &body); err != nil {
			return nil, err
		}
		commit, err := readBody(revision, body)
		if err != nil {
			return nil, err
		}
		commits = append(commits, commit)
	}
	return commits, rows.Err()
}

// readBody reads the commit that a row of the log holds.
func readBody(revision storage.Revision, body []byte) (storage.Commit, error) {
	commit, err := storage.ReadCommit(body)
	if err == nil && commit.Revision != revision {
		err = fmt.Errorf("it is commit %d", commit.Revision)
	}
	if err != nil {
		return commit, fmt.Errorf("%w: commit %d: %w", storage.ErrCorrupt, revision, err)
	}
	return commit, nil
}
