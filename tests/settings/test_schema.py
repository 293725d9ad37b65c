from jsonschema import Draft7Validator

from zigwire.settings import json_schema


def properties(schema):
    for name, inner in schema.get("properties", {}).items():
        yield name, inner
        yield from properties(inner)


def test_is_a_schema_in_which_each_key_is_described():
    schema = json_schema()
    Draft7Validator.check_schema(schema)
    for part in (schema, *schema["definitions"].values()):
        for name, inner in properties(part):
            assert inner["title"], name
            assert inner["description"], name


def test_defaults_are_valid_themselves():
    for name, inner in properties(json_schema()):
        if "default" in inner:
            assert Draft7Validator(inner).is_valid(inner["default"]), name


def test_examples_are_valid_themselves():
    checked = 0
    for part in (json_schema(), *json_schema()["definitions"].values()):
        for name, inner in properties(part):
            for example in inner.get("examples", []):
                one = [example] if inner.get("type") == "array" else example
                assert Draft7Validator(inner).is_valid(one), name
                checked += 1
    assert checked > 30


def test_says_what_needs_a_restart():
    schema = json_schema()["properties"]
    assert schema["mqtt"]["properties"]["server"]["requiresRestart"] is True
    assert schema["blocklist"]["requiresRestart"] is True
    for live in ("log_level", "log_namespaced_levels", "log_debug_namespace_ignore", "last_seen"):
        assert "requiresRestart" not in schema["advanced"]["properties"][live]
    assert not [name for name, inner in properties(schema["homeassistant"]) if "requiresRestart" in inner]


def test_every_object_is_one_that_a_form_can_show():
    """Windfront complains of objects without `properties`."""
    objects = [inner for _, inner in properties(json_schema()) if inner.get("type") == "object"]
    assert len(objects) > 10
    assert not [inner for inner in objects if "properties" not in inner]


def test_forms_for_devices_and_groups_are_where_clients_look():
    definitions = json_schema()["definitions"]
    assert definitions["device"]["required"] == ["friendly_name"]
    assert definitions["device"]["properties"]["friendly_name"]["readOnly"] is True
    assert definitions["device"]["properties"]["disabled"]["requiresRestart"] is True
    assert definitions["group"]["properties"]["off_state"]["enum"] == ["all_members_off", "last_member_state"]
