# make alone shows what there is. Everything lives in .venv; only python3 (3.11 or newer) is needed.
.DEFAULT_GOAL := menu
SHELL := /bin/sh
BIN := .venv/bin
PIP := $(BIN)/pip install -qq --disable-pip-version-check --no-compile -c constraints.txt
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15
export TEST_DATABASE_URL TEST_REDIS_URL
# Run once: what says nothing of the database (rules, words, documents), what brings its own of both kinds, how pages look,
# what is said over HTTP to whom, and long tables of what decides or books, whose statements the rest meets on PostgreSQL.
# On both: journeys, queries, kills, races, and whatever decides, books, sends or counts.
ON_BOTH := $(addprefix tests/pages/test_,journeys.py queries.py)
named = $(foreach name,$(2),tests/$(1)/test_$(name).py)
ONLY_SQLITE := $(addprefix tests/,rules fuzz docs architecture translation chaos) $(wildcard tests/*/test_rules.py) \
	$(filter-out $(ON_BOTH),$(wildcard tests/pages/test_*.py)) \
	$(call named,accounts,demo_accounts people schema tokens) $(call named,claims,absurd_facts basis_of_people restored usage words) \
	$(call named,common,digits figures garbage paging phrases progress resting signing tables written) \
	$(call named,compensation,by_hand by_hand_unsent calculator english held_advice public_api) \
	$(call named,developers,access answer_to_buyer contest_files defects_api fund_access periods recalls_api statement tutorials) \
	$(call named,evidence,bundle bundle_families bundle_of_people public_api) \
	$(call named,integrations,breaker inbound sandbox sandbox_faults sandbox_progress) \
	$(call named,orders,api observations price_tiers rows) \
	$(call named,running,admin_lists cache compose compose_rehearsal environment file_broker forks keep redis_down restored \
	sqlite_in_turn) $(call named,tickets,access attachments clocks contesting desk_api desk_asking desk_bearing \
	desk_closing desk_deciding desk_findings desk_log_in desk_rests desk_typed desk_words follow_up_access loyalty moves nudging \
	records ticket_due) $(call named,watch,board)
# Pages asked for without a browser: on the stricter of the two where it is there.
ONLY_POSTGRES := $(filter-out tests/pages/% tests/running/% tests/translation/%,$(wildcard tests/*/test_*page*.py tests/*/test_*admin*.py))

.PHONY: menu run test lint types check messages screens bench fuzz chaos ready

menu:
	@echo "make run     启动：网页、worker、beat 和沙箱供货商（PORT、DATA_DIR 等见 .env.example）"
	@echo "make test    全部测试：先在 SQLite 上，PostgreSQL 连得上时再在它上面跑一遍"
	@echo "make lint    ruff、djlint、分层（import-linter）、docker-compose.yml"
	@echo "make types   mypy"
	@echo "make check   lint、types、Django 自检、迁移是否齐全、接口文档是否完整"
	@echo "make messages 把代码和页面里标出的中文收进英文词表，并编译（locale/）"
	@echo "make screens 给买家和开发者的每一页、每一种情形拍照，放进 .screens"
	@echo "make bench   测量：申请、决定各花多少，和同一次里量的最低值相比（BENCH_SCALE：1 扫 10 万行，10 扫 100 万行；"
	@echo "             只量几行：BENCH_ARGS=\"--rows watch,tell\"）"
	@echo "make fuzz    126 000 个随机造的案子：和另写一遍的规则逐个对，多掉不少得、拆开不多得（FUZZ_SCALE、FUZZ_SEED）"
	@echo "make chaos   故障、kill -9、断开的队列、成群的申请，SQLite 和 PostgreSQL 各来一遍（CHAOS_SCALE、CHAOS_SEED）"
	@echo "make ready   在 HEAD 的全新克隆里跑 .ci/run，推送之前用"

.venv/made:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的 python3。"; exit 1; }
	@python3 -m venv .venv || { echo "建不了虚拟环境：Debian/Ubuntu 上请先装 python3-venv。"; exit 1; }
	@touch $@

.venv/runtime: .venv/made requirements.txt constraints.txt
	@echo "安装依赖……"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev: .venv/runtime requirements-dev.txt
	@echo "安装开发依赖……"
	@$(PIP) -r requirements-dev.txt
	@touch $@

run: .venv/runtime
	@exec bin/with-env $(BIN)/python manage.py up

test: .venv/dev
	@echo "== SQLite"
	@status=0; \
	$(BIN)/python -m tests.services_present postgres && both=1; \
	env -u DATABASE_URL -u REDIS_URL $(BIN)/pytest $(or $(PYTEST_ARGS),$${both:+$(addprefix --ignore ,$(ONLY_POSTGRES))}) || status=1; \
	if [ -n "$$both" ]; then \
		echo "== PostgreSQL"; \
		PGOPTIONS="-c synchronous_commit=off" DATABASE_URL="$$TEST_DATABASE_URL" $(BIN)/pytest --create-db $(or $(PYTEST_ARGS),$(addprefix --ignore ,$(ONLY_SQLITE))) || status=1; \
	elif [ "$$REQUIRE_SERVICES" = 1 ]; then status=1; fi; \
	exit $$status

lint: .venv/dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "格式不对：跑一遍 .venv/bin/ruff format"; exit 1; }
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/lint-imports --config architecture.ini
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml

types: .venv/dev
	@$(BIN)/mypy .

check: lint types
	@DEBUG=0 $(BIN)/python manage.py check --fail-level WARNING
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null

messages: .venv/dev
	@$(BIN)/python -m tests.translation.messages

screens: .venv/dev
	@bin/screens

bench: .venv/dev
	@env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m tests.bench $(BENCH_ARGS)

fuzz: .venv/dev
	@$(BIN)/python -m tests.fuzz

chaos: .venv/dev
	@env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m tests.chaos
	@[ -n "$$CHAOS_SCALE" ] || env -u DATABASE_URL -u REDIS_URL $(BIN)/pytest -n0 -m long tests/running

ready:
	@bash bin/ready
