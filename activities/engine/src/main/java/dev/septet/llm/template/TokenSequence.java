package dev.septet.llm.template;

/**
 * Token ids of one example.
 *
 * @param ids token ids, [tokens]
 * @param loss whether each token carries loss, [tokens]
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers; records are never compared
public record TokenSequence(int[] ids, boolean[] loss) {
    public TokenSequence {
        if (ids.length != loss.length) {
            throw new IllegalArgumentException(ids.length + " tokens with a mask of " + loss.length);
        }
    }

    /** The loss mask as bytes: 1 for loss-carrying tokens, else 0, [tokens]. */
    public byte[] mask() {
        byte[] mask = new byte[loss.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (loss[i] ? 1 : 0);
        }
        return mask;
    }

    /** Number of loss-carrying tokens. */
    public int lossTokens() {
        int count = 0;
        for (boolean carriesLoss : loss) {
            count += carriesLoss ? 1 : 0;
        }
        return count;
    }
}
