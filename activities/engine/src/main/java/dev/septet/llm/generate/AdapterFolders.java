package dev.septet.llm.generate;

import java.nio.file.Path;
import java.util.Optional;

/** Where adapters lie, by name. Names should change with content: what is loaded stays so. */
@FunctionalInterface
public interface AdapterFolders {
    /** No adapters. */
    AdapterFolders NONE = name -> Optional.empty();

    /** The folder of a PEFT adapter, empty where none has this name. */
    Optional<Path> folder(String name);
}
