-- Un frein est levé avant d'avoir été identifié.
SELECT frein, type_frein, date_identification, date_levee
FROM core.frein
WHERE date_levee < date_identification
