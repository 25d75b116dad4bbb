-- +goose Up
-- Numbers of documents that go out, 16 digits as SAP's DOCNUM; gaps are fine, doubles are not.
create sequence document_number;

-- +goose Down
drop sequence document_number;
