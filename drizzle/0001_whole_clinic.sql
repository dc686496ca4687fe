CREATE TABLE `payments` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`ticket_id` bigint unsigned NOT NULL,
	`kind` enum('payment','refund') NOT NULL,
	`amount` decimal(10,2) NOT NULL,
	`payment_method` enum('efectivo','tarjeta','transferencia','yape','plin','otro') NOT NULL,
	`paid_at` datetime(3) NOT NULL,
	`received_by` bigint unsigned,
	`description` varchar(255),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `payments_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_payments__ticket_id` UNIQUE(`ticket_id`,`kind`),
	CONSTRAINT `payments_amount` CHECK(`payments`.`amount` >= 0)
);
--> statement-breakpoint
DROP INDEX `tickets_status` ON `tickets`;--> statement-breakpoint
ALTER TABLE `payments` ADD CONSTRAINT `payments_ticket_id_tickets_id_fk` FOREIGN KEY (`ticket_id`) REFERENCES `tickets`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `payments` ADD CONSTRAINT `payments_received_by_users_id_fk` FOREIGN KEY (`received_by`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `payments_paid_at` ON `payments` (`paid_at`,`kind`,`payment_method`,`amount`);--> statement-breakpoint
CREATE INDEX `tickets_method` ON `tickets` (`payment_method`,`ticket_number`);--> statement-breakpoint
CREATE INDEX `tickets_status` ON `tickets` (`status`,`ticket_number`);