package dev.septet.workflows.graph;

/**
 * What a stage's key takes from a worker, because no request holds it. Contents of files stand
 * first: {@code resume} compares them with those that the earlier run read.
 */
public enum KeyMeasurement {
    /** Digest of the dataset's file. */
    DATASET("dataset"),
    /** Digest of the base model's tokenizer and chat template. */
    TOKENIZER("tokenizer of the base model"),
    /** Digest of the base model's files. */
    BASE_MODEL("base model"),
    /** Digest of the forgetting suite's file, {@code none} without one. */
    FORGETTING_SUITE("forgetting suite"),
    /** Digest of the files of the evaluation's named test sets. */
    TEST_SETS("test sets"),
    /** Digest of the files of the evaluation's benchmarks. */
    BENCHMARKS("benchmarks"),
    /** Digest of the files and the guard that safety checks read. */
    SAFETY("safety checks"),
    /** Digest of the guard that is deployed with the model. */
    GUARD("guard"),
    /** Digest of the general set's file. */
    GENERAL_SET("general set"),
    /** Digest of the rows that reviewers made of feedback. */
    REVIEWED_ROWS("reviewed rows"),
    /** Digest of the test files that {@code decontaminate} reads. */
    TEST_FILES("test files"),
    /** Digest of the list of rows that were asked to be forgotten. */
    FORGOTTEN_ROWS("forgotten rows"),
    /** Digest of the files that make synthetic rows. */
    SYNTHETIC_FILES("files of synthetic rows"),
    /** Digest of the file with names that {@code redact} finds. */
    NAME_FILE("file of names"),
    /** Digest of the files that metrics read. */
    METRIC_FILES("files of metrics"),
    /** Digest of the files that the exam of quantized forms reads. */
    EXAM_FILES("files of the forms' exam"),
    /** {@code base}, where merged weights have the base model's type. */
    MERGED_TYPE("type of merged weights"),
    /** Digest of the deployed model. */
    CHAMPION("champion"),
    /** Fingerprints of the workers that compute the result. */
    WORKER("kind of worker"),
    /** {@code once}, where frozen layers do not compute in every step. */
    FROZEN_LAYERS("frozen layers"),
    /** Digest of the orders that changed the training. */
    STEERING("steering"),
    /** Digest of the steps at which the training ran out of memory. */
    SHORTAGES("shortages");

    private final String group;

    KeyMeasurement(String group) {
        this.group = group;
    }

    /** What explanations call it. */
    public String group() {
        return group;
    }

    /** What {@code resume} calls it where the file's words are the same. */
    public String contents() {
        return this == TOKENIZER ? group : "bytes of the " + group;
    }
}
