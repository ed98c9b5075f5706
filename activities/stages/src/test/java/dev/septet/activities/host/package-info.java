/** Tests of the hosts of pipelines' files. */
@NullMarked
package dev.septet.activities.host;

import org.jspecify.annotations.NullMarked;
