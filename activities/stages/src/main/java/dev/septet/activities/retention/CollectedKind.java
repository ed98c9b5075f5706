package dev.septet.activities.retention;

/** Kinds of what a garbage collection removes, in the order of the removal. */
public enum CollectedKind {
    /** Checkpoints of a training that does not run any more. */
    CHECKPOINTS("checkpoints of ended trainings"),
    /** A version in the places of targets, with its export in the store. */
    VERSION("versions"),
    /** An export that no version has. */
    EXPORT("other exports"),
    /** A trained model, an adapter, or activations and outputs that a training had stored. */
    TRAINING("trained models and activations"),
    /** A report of an evaluation. */
    EVALUATION("evaluations"),
    /** A prepared dataset, or cleaned rows of a part of it. */
    DATASET("datasets"),
    /** A base model. */
    BASE("base models"),
    /** Any other artifact, such as one whose run was killed before it recorded its result. */
    ARTIFACT("other artifacts"),
    /** The digests of a dataset's rows. It is removed after the dataset, because an erasure finds rows by it. */
    LINEAGE("row digests of datasets"),
    /** An artifact that was damaged and moved aside. */
    DAMAGED("damaged artifacts"),
    /** Stored answers and predictions of models. */
    ANSWERS("stored answers and predictions"),
    /** A record of a result or a run. */
    RECORD("records"),
    /** A scratch folder or a fence of a killed process. */
    SCRATCH("scratch of dead processes");

    private final String words;

    CollectedKind(String words) {
        this.words = words;
    }

    /** Name for people, in the plural. */
    public String words() {
        return words;
    }

    /** Whether artifacts of this kind are removed one by one. */
    boolean isArtifact() {
        return compareTo(EXPORT) >= 0 && compareTo(LINEAGE) <= 0;
    }
}
