-- Meetings, trainings and presentations.
SELECT * FROM staging.rencontres
