package dev.septet.activities.dataset.document;

/** How a model's tokenizer divides a text, for the ends of chunks. */
public interface TextTokens {
    /** Four characters are a token: an estimate for a model without a tokenizer here. */
    TextTokens ESTIMATED = new TextTokens() {
        @Override
        public int[] ends(String text) {
            int[] ends = new int[(text.length() + 3) / 4];
            for (int i = 0; i < ends.length; i++) {
                ends[i] = Math.min(text.length(), 4 * i + 4);
            }
            return ends;
        }

        @Override
        public int around() {
            return 0;
        }
    };

    /** The end of each token in the text, in UTF-16 units, [tokens]. */
    int[] ends(String text);

    /** Number of tokens that a row of plain text has in addition: the begin and the end token. */
    int around();
}
