package dev.septet.llm.generate.sampling;

/**
 * Adapts the number of drafted tokens. It doubles after a fully accepted draft and halves after a
 * draft whose first token was rejected, because the model also computes rejected draft tokens.
 */
public final class DraftLength {
    private final int max;
    private int next;
    private int drafted;
    private int accepted;

    public DraftLength(int max) {
        this.max = max;
        this.next = Math.min(max, 4);
    }

    /** Number of tokens to draft now, if {@code remaining} are left. */
    public int length(int remaining) {
        return Math.max(0, Math.min(next, remaining));
    }

    /** Records how many drafted tokens were accepted. */
    public void record(int proposed, int matched) {
        if (proposed == 0) {
            return;
        }
        drafted += proposed;
        accepted += matched;
        if (matched == proposed) {
            next = Math.min(max, 2 * next);
        } else if (matched == 0) {
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
