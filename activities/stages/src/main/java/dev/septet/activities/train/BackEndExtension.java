package dev.septet.activities.train;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;

/** Something that trains instead of Septet's own engine, and that a jar brings: {@code by myCluster(queue: 'team')}. */
public interface BackEndExtension extends Extension {
    /**
     * The back end with the options of a pipeline file. Each attempt of a training makes a new one, also on other
     * workers, so what it must remember is in its own system, or in the artifact store.
     */
    BackEnd backEnd(ExtensionSpec used);
}
