package dev.septet.examples.basemodel;

/**
 * Sizes of the base model: a Llama of some 2.7 million parameters.
 *
 * @param vocabulary most tokens the tokenizer may learn
 */
record Sizes(int hidden, int layers, int heads, int keyValueHeads, int feedForward, int maxPositions, int vocabulary) {
    static final Sizes QUICKSTART = new Sizes(192, 6, 6, 2, 512, 512, 1536);

    int headSize() {
        return hidden / heads;
    }
}
