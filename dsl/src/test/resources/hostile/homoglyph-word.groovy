pipeline('p') {
    prepаre { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
