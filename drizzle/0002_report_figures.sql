CREATE TABLE `daily_totals` (
	`day` date NOT NULL,
	`pending` int unsigned NOT NULL,
	`confirmed` int unsigned NOT NULL,
	`in_progress` int unsigned NOT NULL,
	`completed` int unsigned NOT NULL,
	`cancelled` int unsigned NOT NULL,
	`no_show` int unsigned NOT NULL,
	`booked_minutes` int unsigned NOT NULL,
	`payments_efectivo` int unsigned NOT NULL,
	`payments_tarjeta` int unsigned NOT NULL,
	`payments_transferencia` int unsigned NOT NULL,
	`payments_yape` int unsigned NOT NULL,
	`payments_plin` int unsigned NOT NULL,
	`payments_otro` int unsigned NOT NULL,
	`refunds` int unsigned NOT NULL,
	`net_efectivo` decimal(12,2) NOT NULL,
	`net_tarjeta` decimal(12,2) NOT NULL,
	`net_transferencia` decimal(12,2) NOT NULL,
	`net_yape` decimal(12,2) NOT NULL,
	`net_plin` decimal(12,2) NOT NULL,
	`net_otro` decimal(12,2) NOT NULL,
	`refunded` decimal(12,2) NOT NULL,
	`made_at` datetime(3) NOT NULL,
	CONSTRAINT `daily_totals_day` PRIMARY KEY(`day`)
);
--> statement-breakpoint
CREATE TABLE `monthly_summaries` (
	`month` date NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`pending` int unsigned NOT NULL,
	`confirmed` int unsigned NOT NULL,
	`in_progress` int unsigned NOT NULL,
	`completed` int unsigned NOT NULL,
	`cancelled` int unsigned NOT NULL,
	`no_show` int unsigned NOT NULL,
	`booked_minutes` int unsigned NOT NULL,
	`payments_efectivo` int unsigned NOT NULL,
	`payments_tarjeta` int unsigned NOT NULL,
	`payments_transferencia` int unsigned NOT NULL,
	`payments_yape` int unsigned NOT NULL,
	`payments_plin` int unsigned NOT NULL,
	`payments_otro` int unsigned NOT NULL,
	`refunds` int unsigned NOT NULL,
	`net_efectivo` decimal(12,2) NOT NULL,
	`net_tarjeta` decimal(12,2) NOT NULL,
	`net_transferencia` decimal(12,2) NOT NULL,
	`net_yape` decimal(12,2) NOT NULL,
	`net_plin` decimal(12,2) NOT NULL,
	`net_otro` decimal(12,2) NOT NULL,
	`refunded` decimal(12,2) NOT NULL,
	CONSTRAINT `monthly_summaries_month_therapist_id_pk` PRIMARY KEY(`month`,`therapist_id`)
);
--> statement-breakpoint
DROP INDEX `appointments_date_time` ON `appointments`;--> statement-breakpoint
DROP INDEX `payments_paid_at` ON `payments`;--> statement-breakpoint
ALTER TABLE `monthly_summaries` ADD CONSTRAINT `monthly_summaries_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `appointments_date_time` ON `appointments` (`date_time`,`id`,`status`,`therapist_id`,`patient_id`,`duration`);--> statement-breakpoint
CREATE INDEX `payments_paid_at` ON `payments` (`paid_at`,`kind`,`payment_method`,`amount`,`ticket_id`);