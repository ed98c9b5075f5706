package dev.septet.examples.basemodel;

/**
 * The sizes of the base model, a Llama with about 2.7 million parameters.
 *
 * @param vocabulary largest vocabulary of the tokenizer, in tokens
 */
record Sizes(int hidden, int layers, int heads, int keyValueHeads, int feedForward, int maxPositions, int vocabulary) {
    static final Sizes QUICKSTART = new Sizes(192, 6, 6, 2, 512, 512, 1536);

    int headSize() {
        return hidden / heads;
    }
}
