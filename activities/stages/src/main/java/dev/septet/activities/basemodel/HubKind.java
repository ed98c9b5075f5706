package dev.septet.activities.basemodel;

/** The kinds of repositories on the hub. */
enum HubKind {
    /** A model, which stage initialize reads. */
    MODEL("initialize", "model", ""),
    /** A dataset, which stage prepare reads. */
    DATASET("prepare", "dataset", "datasets/");

    private final String stage;
    private final String word;
    private final String path;

    HubKind(String stage, String word, String path) {
        this.stage = stage;
        this.word = word;
        this.path = path;
    }

    /** The stage's word, which begins messages. */
    String stage() {
        return stage;
    }

    /** What messages call a repository. */
    String word() {
        return word;
    }

    /** The beginning of a repository's path on the hub. */
    String path() {
        return path;
    }

    /** The hub's word for all of them, in its API and in the names of the cache's folders. */
    String plural() {
        return word + "s";
    }
}
