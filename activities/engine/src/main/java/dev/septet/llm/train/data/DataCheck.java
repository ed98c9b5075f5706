package dev.septet.llm.train.data;

/** Checks a dataset before training computes anything. */
public final class DataCheck {
    private DataCheck() {}

    public static void require(TokenDataset data, int maxTokens) {
        if (data.rows() == 0) {
            throw new TrainingProblem(data.file() + " has no rows");
        }
        for (int row = 0; row < data.rows(); row++) {
            if (data.length(row) > maxTokens) {
                throw new TrainingProblem(data.file()
                        + ": row "
                        + row
                        + " has "
                        + data.length(row)
                        + " tokens, more than max tokens "
                        + maxTokens
                        + "; raise it, or shorten the row");
            }
            if (data.lossTokens(row) == 0) {
                throw new TrainingProblem(data.file()
                        + ": row "
                        + row
                        + " has no token that carries loss; leave it out, or check the chat"
                        + " template");
            }
        }
    }
}
