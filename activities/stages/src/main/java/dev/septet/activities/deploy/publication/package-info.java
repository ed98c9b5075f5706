/** The files that each kind of target publishes, in the layout that other tools expect. */
@NullMarked
package dev.septet.activities.deploy.publication;

import org.jspecify.annotations.NullMarked;
