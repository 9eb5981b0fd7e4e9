-- Visits of resource places, per actor and day.
SELECT * FROM staging.frequentation
