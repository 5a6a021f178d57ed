"""Puts up what a visitor of the demo finds: guild, channels and people, with a face each."""

import discord

from bot.demo import pictures
from bot.demo.inside.live_env import LiveEnv
from bot.demo.inside.live_preview import LivePreview
from bot.demo.place import DemoPlace


def furnish(env: LiveEnv, place: DemoPlace, port: int) -> LivePreview:
    """The guild, channels and people of `place`, with a face each, in `env` before its bot starts; and their page."""
    guild = env.create_guild(place.guild)
    channels = [guild.create_text_channel(name, topic=place.topic) for name in place.channels]
    if place.forum:
        guild.create_forum_channel(place.forum)
    # The first of them may do what a server's own people do; the others are shown what everybody else meets.
    keeper = guild.create_role("keeper", permissions=discord.Permissions(manage_guild=True, manage_messages=True))
    people = {}
    for number, name in enumerate(place.people):
        person = env.create_user(name, avatar="face")
        env.host_picture(f"avatars/{person.id}/face.png", pictures.face(name, number))
        people[name] = guild.add_member(person, roles=[] if number else [keeper])
    bot = env.backend.bot_user
    env.host_picture(f"avatars/{bot.id}/{bot.avatar}.png", pictures.round_table())
    for number, colour in enumerate(pictures.COLOURS):  # of those who have no picture of their own
        env.host_picture(f"embed/avatars/{number}.png", pictures.nobody(colour))
    return LivePreview(env, place, channels[0], people, port)
