package dev.septet.dsl.vocabulary.word;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The text is a path, relative to the pipeline file's folder. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface PathTo {
    /** What the path leads to. */
    Place value();

    /** What a path leads to. */
    public enum Place {
        /** A dataset file that exists: .jsonl, .json or .csv. */
        DATA,
        /** A model: a folder or a .gguf file that exists, or the name of one on the hub. */
        MODEL,
        /** A folder that the pipeline will write, below that of its file. */
        OUTPUT,
        /** A file that something else writes, perhaps later. */
        LOG
    }
}
