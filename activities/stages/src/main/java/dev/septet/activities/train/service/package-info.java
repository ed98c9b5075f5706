/** What the trainings of services have in common, whichever service it is. */
@NullMarked
package dev.septet.activities.train.service;

import org.jspecify.annotations.NullMarked;
