package dev.septet.llm.generate.sampling;

/**
 * How far to guess ahead: twice as far after a guess that was right to its end, half as far after
 * one that was wrong from its beginning, because every guessed token is computed.
 */
public final class DraftLength {
    private final int most;
    private int next;
    private int drafted;
    private int accepted;

    public DraftLength(int most) {
        this.most = most;
        this.next = Math.min(most, 4);
    }

    /** Tokens to guess now, where {@code room} are left. */
    public int length(int room) {
        return Math.max(0, Math.min(next, room));
    }

    /** What became of a guess. */
    public void heard(int guessed, int agreed) {
        if (guessed == 0) {
            return;
        }
        drafted += guessed;
        accepted += agreed;
        if (agreed == guessed) {
            next = Math.min(most, 2 * next);
        } else if (agreed == 0) {
            next = Math.max(1, next / 2);
        }
    }

    public int drafted() {
        return drafted;
    }

    public int accepted() {
        return accepted;
    }
}
