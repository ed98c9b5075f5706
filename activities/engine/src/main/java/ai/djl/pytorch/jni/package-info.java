/** A bridge into DJL's package of native calls; see {@link ai.djl.pytorch.jni.ScriptCall}. */
@NullMarked
package ai.djl.pytorch.jni;

import org.jspecify.annotations.NullMarked;
