package dev.septet.activities.extension;

import dev.septet.activities.dataset.FormatExtension;
import dev.septet.activities.deploy.publication.TargetExtension;
import dev.septet.activities.evaluate.metric.MetricExtension;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.notify.ChannelExtension;
import dev.septet.activities.track.TrackerExtension;
import dev.septet.activities.train.MethodExtension;
import dev.septet.contract.ChannelWordContract;
import dev.septet.contract.FormatWordContract;
import dev.septet.contract.MethodWordContract;
import dev.septet.contract.MetricWordContract;
import dev.septet.contract.TargetWordContract;
import dev.septet.contract.TrackerWordContract;
import dev.septet.dsl.extension.ExtensionJars;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contracts that jars extend hold for small words. */
class JarWordContractsTest {
    @TempDir
    private Path folder;

    private @Nullable ExtensionJars jars;

    @BeforeEach
    void install() throws IOException {
        jars = new ExtensionJars(folder)
                .with(
                        "own-words",
                        "1.2",
                        JarWordsTest.Brief.class,
                        JarWordsTest.Tsv.class,
                        JarWordsTest.LastOnly.class,
                        JarWordsTest.Listed.class,
                        JarWordsTest.Property.class,
                        JarWordsTest.Kept.class);
    }

    @AfterEach
    void remove() {
        Objects.requireNonNull(jars).close();
    }

    /** A metric. */
    @Nested
    class Brief extends MetricWordContract {
        @Override
        protected MetricExtension extension() {
            return new JarWordsTest.Brief();
        }

        @Override
        protected Outcome good() {
            return new Outcome("", "yes", "yes", 1, 1);
        }

        @Test
        void isTestedWithOptions() {
            org.assertj.core.api.Assertions.assertThat(used().wholeNumber("words"))
                    .isEqualTo(3);
        }
    }

    /** A format. */
    @Nested
    class Tsv extends FormatWordContract {
        @Override
        protected FormatExtension extension() {
            return new JarWordsTest.Tsv();
        }

        @Override
        protected List<String> lines() {
            return List.of("# prompt and completion", "q1\ta1", "q2\ta2");
        }

        @Override
        protected int rows() {
            return 2;
        }
    }

    /** A method. */
    @Nested
    class LastOnly extends MethodWordContract {
        @Override
        protected MethodExtension extension() {
            return new JarWordsTest.LastOnly();
        }
    }

    /** A target. */
    @Nested
    class Listed extends TargetWordContract {
        @Override
        protected TargetExtension extension() {
            return new JarWordsTest.Listed();
        }
    }

    /** A channel. */
    @Nested
    class Property extends ChannelWordContract {
        @Override
        protected ChannelExtension extension() {
            return new JarWordsTest.Property();
        }

        @Override
        protected String line() {
            return "property(name: 'septet.test.contract')";
        }

        @Override
        protected String received() {
            return String.valueOf(System.getProperty("septet.test.contract"));
        }
    }
    /** A tracker. */
    @Nested
    class Kept extends TrackerWordContract {
        @Override
        protected TrackerExtension extension() {
            return new JarWordsTest.Kept();
        }

        @Override
        protected String line() {
            return "kept(name: 'septet.test.tracked')";
        }

        @Override
        protected String received() {
            return String.valueOf(System.getProperty("septet.test.tracked"));
        }
    }
}
