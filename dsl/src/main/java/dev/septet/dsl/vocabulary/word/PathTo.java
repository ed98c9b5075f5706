package dev.septet.dsl.vocabulary.word;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The text is a path, relative to the pipeline file's folder. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface PathTo {
    /** The kind of file or folder that the path leads to. */
    Place value();

    /** Kinds of files and folders. */
    public enum Place {
        /** An existing dataset file: .jsonl, .json or .csv. */
        DATA,
        /** Existing dataset files: one file, also compressed or in a format from a jar; a folder; or a pattern. */
        DATASET,
        /** Existing documents: one file, a folder, or a pattern. */
        DOCUMENTS,
        /** An existing file with tasks of lm-evaluation-harness: .yaml. */
        TASKS,
        /** An existing file with words: .txt or .csv. */
        WORDS,
        /** An existing file with synonyms, .txt or .csv, or the name of a built-in list. */
        SYNONYMS,
        /** An existing file with a JSON schema: .json. */
        SCHEMA,
        /** An existing file of error clusters: .json. */
        CLUSTERS,
        /** A model: an existing folder or .gguf file, or the name of a model on the Hub. */
        MODEL,
        /** A folder that the pipeline writes, below the folder of the pipeline file. */
        OUTPUT,
        /** A file that another program writes, perhaps later. */
        LOG
    }
}
