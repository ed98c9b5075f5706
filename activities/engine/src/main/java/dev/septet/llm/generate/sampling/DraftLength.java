package dev.septet.llm.generate.sampling;

/**
 * Adapts the number of drafted tokens. It doubles after a fully accepted draft and halves after a
 * draft whose first token was rejected, because every drafted token is computed.
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

    /** Number of tokens to draft now, if {@code room} are left. */
    public int length(int room) {
        return Math.max(0, Math.min(next, room));
    }

    /** Records how many drafted tokens were accepted. */
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
