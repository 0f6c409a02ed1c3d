from service_testing.waiting import wait_until


async def test_a_user_without_todos_has_completed_none(client, user):
    answer = await client.get("/api/example")

    assert answer.status_code == 200
    assert answer.json() == {"user_id": user, "completed": 0, "as_of_sequence": 0}


async def test_the_count_names_the_change_it_includes(client, publisher, user):
    await publisher.todo_events(user, "created", "completed", "updated")

    async def complete():
        return (await client.get("/api/example")).json() == {"user_id": user, "completed": 1, "as_of_sequence": 3}

    await wait_until(complete)


async def test_a_token_is_needed(client):
    assert (await client.get("/api/example", headers={"Authorization": ""})).status_code == 401
